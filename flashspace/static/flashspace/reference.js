"use strict";

SwaggerUIBundle({
  dom_id: "#swagger-ui",
  urls: JSON.parse(document.getElementById("documents").textContent),
  layout: "StandaloneLayout",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  deepLinking: true,
  persistAuthorization: true,
  docExpansion: "none",
  validatorUrl: null,
});

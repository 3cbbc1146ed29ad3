"use strict";

const token = new URLSearchParams(location.search).get("token") || "";
// Out of the address bar and the history: whoever looks over a shoulder or shares the page passes no token on.
history.replaceState(null, "", location.pathname);

const outcome = document.getElementById("outcome");

function tell(isGood, text) {
  outcome.className = isGood ? "good" : "bad";
  outcome.textContent = text;
}

async function call(path, options) {
  try {
    const answer = await fetch(path, options);
    const body = await answer.json();
    const details = body.error && body.error.details;
    return { isGood: answer.ok, text: (details && details.message) || body.message, body };
  } catch {
    return { isGood: false, text: "The server cannot be reached. Please try again." };
  }
}

// Nothing is done until a button is pressed: mail scanners open links, and some run scripts.
async function submit(event, ask, good, hint = "") {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  const { isGood, text } = await ask(form);
  button.disabled = false;
  form.hidden = isGood;
  tell(isGood, isGood ? good : text + hint);
}

function post(path, data) {
  return call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, ...data }),
  });
}

const FORMS = {
  verify: (event) =>
    submit(
      event,
      () => call(`/api/auth/verify-email?${new URLSearchParams({ token })}`),
      "Your address is verified. You can close this page.",
      ". Ask for a new link where you signed up.",
    ),
  confirm: (event) =>
    submit(
      event,
      () => call(`/api/auth/confirm-email?${new URLSearchParams({ token })}`),
      "Your e-mail address is changed. You can close this page.",
      ". Ask for the change again where you are signed in.",
    ),
  keep: (event) =>
    submit(
      event,
      () => post("/api/auth/keep-email"),
      "Your address stays as it was. If it had been changed, a mail to choose a new password is on its way.",
    ),
  reset: (event) =>
    submit(
      event,
      (form) => post("/api/auth/reset-password", { newPassword: form.newPassword.value }),
      "Your password is changed. Sign in with the new one.",
    ),
};

for (const [id, handle] of Object.entries(FORMS)) {
  document.getElementById(id)?.addEventListener("submit", handle);
}
document.getElementById("show")?.addEventListener("change", (event) => {
  document.getElementById("password").type = event.target.checked ? "text" : "password";
});

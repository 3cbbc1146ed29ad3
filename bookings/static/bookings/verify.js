"use strict";

const copy = document.getElementById("copy");
const verdict = document.getElementById("verdict");
const expected = document.getElementById("expected").textContent.trim();

function say(kind, text) {
  verdict.className = kind;
  verdict.textContent = text;
}

async function hash(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

copy.addEventListener("change", async () => {
  const file = copy.files[0];
  if (!file) return say("", "");
  if (!window.crypto || !crypto.subtle) {
    return say("other", "This browser can only compare over https. Run sha256sum on the file and compare by eye.");
  }
  if (await hash(file) === expected) {
    say("same", `${file.name} is the paper that we issued, unchanged.`);
  } else {
    say("other", `${file.name} is not the paper that we issued, or it was changed.`);
  }
});

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

async function verify() {
  const { isGood, text } = await call(`/api/auth/verify-email?${new URLSearchParams({ token })}`);
  tell(isGood, isGood ? "Your address is verified. You can close this page." : `${text}. Ask for a new link where you signed up.`);
}

async function confirmEmail() {
  const { isGood, text } = await call(`/api/auth/confirm-email?${new URLSearchParams({ token })}`);
  tell(isGood, isGood ? "Your e-mail address is changed. You can close this page." : `${text}. Ask for the change again where you are signed in.`);
}

async function keepEmail(event) {
  event.preventDefault();
  const form = event.target;
  form.querySelector("button").disabled = true;
  const { isGood, text } = await call("/api/auth/keep-email", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });
  form.querySelector("button").disabled = false;
  form.hidden = isGood;
  tell(isGood, isGood ? "Your address stays as it was. If it had been changed, a mail to choose a new password is on its way." : text);
}

async function reset(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  const { isGood, text } = await call("/api/auth/reset-password", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, newPassword: form.newPassword.value }),
  });
  button.disabled = false;
  form.hidden = isGood;
  tell(isGood, isGood ? "Your password is changed. Sign in with the new one." : text);
}

if (document.getElementById("verify")) {
  verify();
} else if (document.getElementById("confirm")) {
  confirmEmail();
} else if (document.getElementById("keep")) {
  document.getElementById("keep").addEventListener("submit", keepEmail);
} else if (document.getElementById("reset")) {
  document.getElementById("reset").addEventListener("submit", reset);
  document.getElementById("show").addEventListener("change", (event) => {
    document.getElementById("password").type = event.target.checked ? "text" : "password";
  });
}

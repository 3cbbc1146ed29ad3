"use strict";

// account.js, which comes first, has taken the token out of the address.
const form = document.getElementById("join");
const newcomer = document.getElementById("newcomer");

function show(id, text) {
  const part = document.getElementById(id);
  part.textContent = text;
  part.hidden = !text;
}

function refusal(answer) {
  const errors = (answer.body && answer.body.errors) || {};
  const [field] = Object.keys(errors);
  return field ? `${field.replace("_", " ")}: ${errors[field][0]}` : answer.text;
}

async function look() {
  const answer = await call(`/api/v1/invitations/token/${encodeURIComponent(token)}`);
  if (!answer.isGood) {
    tell(false, answer.text);
    return;
  }
  const offer = answer.body.data;
  const inviter = `${offer.inviter.first_name} ${offer.inviter.last_name}`.trim() || offer.inviter.email;
  show("place", `Join ${offer.organization.name}`);
  show("offer", `${inviter} invites you as ${offer.role.name}.`);
  show("note", offer.message || "");
  show("address", offer.email);
  outcome.textContent = "";
  newcomer.hidden = offer.has_account;
  newcomer.querySelectorAll("input").forEach((input) => { input.disabled = offer.has_account; });
  form.hidden = false;
}

async function join(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const sent = newcomer.hidden ? {} : {
    first_name: form.first_name.value,
    last_name: form.last_name.value,
    password: form.password.value,
  };
  const answer = await call(`/api/v1/invitations/accept/${encodeURIComponent(token)}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(sent),
  });
  button.disabled = false;
  form.hidden = answer.isGood;
  tell(answer.isGood, answer.isGood ? "You are in. Sign in with your e-mail address and password." : refusal(answer));
}

form.addEventListener("submit", join);
look();

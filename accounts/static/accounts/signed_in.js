"use strict";

const code = new URLSearchParams(location.search).get("code") || "";
// Out of the address bar and the history, before anything else: it opens a sign-in, if only once.
history.replaceState(null, "", location.pathname);

const outcome = document.getElementById("outcome");

function tell(isGood, text) {
  outcome.className = isGood ? "good" : "bad";
  outcome.textContent = text;
}

async function end() {
  try {
    const answer = await fetch("/api/user/auth/google/exchange", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
    });
    const body = await answer.json();
    if (answer.ok) {
      const { fullName, email } = body.data.user;
      tell(true, `You are signed in as ${fullName || email}. You can close this page.`);
    } else {
      tell(false, "This sign-in is over or was ended already. Please begin again.");
    }
  } catch {
    tell(false, "The server cannot be reached. Please try again.");
  }
}

end();

"use strict";

// The time that is left, and the way out once there is none.

document.addEventListener("DOMContentLoaded", () => {
  const shown = document.querySelector("[data-seconds-left]");
  if (!shown) return;
  // By how long the page is open, not by the computer's clock, which may be wrong.
  const end = performance.now() + (Number(shown.dataset.secondsLeft) + 1) * 1000;

  function tell() {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds === 0) {
      clearInterval(clock);
      location.reload();
    }
  }

  const clock = setInterval(tell, 1000);
  tell();
});

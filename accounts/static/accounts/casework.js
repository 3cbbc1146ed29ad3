"use strict";

// Keys for people who decide many cases a day, and the preview of papers. Buttons do the work; keys press them.

document.addEventListener("DOMContentLoaded", () => {
  const keys = document.getElementById("keys");
  if (!keys) return; // a list, or a page that decides nothing
  const page = document.querySelector("[data-case]");
  const papers = [...document.querySelectorAll("[data-paper]")];
  const smallest = 0.5, largest = 6, step = 1.25;
  let open = null;
  let view = { zoom: 1, turn: 0 };

  // Papers

  function button(text, title, press) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "paper-button border border-base-200 dark:border-base-700 rounded-default";
    made.textContent = text;
    made.title = title;
    made.addEventListener("click", press);
    return made;
  }

  function showPicture(stage, paper) {
    const tools = document.createElement("div");
    tools.className = "paper-tools";
    tools.append(
      button("−", "Smaller", () => zoom(1 / step)),
      button("+", "Larger", () => zoom(step)),
      button("Turn", "Turn by a quarter", turn),
    );
    const frame = document.createElement("div");
    frame.className = "paper-window";
    const picture = document.createElement("img");
    picture.alt = paper.dataset.name;
    picture.src = paper.dataset.file;
    frame.append(picture);
    stage.append(tools, frame);
  }

  // A browser's PDF viewer takes the focus once it is loaded, in the middle of a word, and its Enter loads our page anew.
  // Whoever points at it means it; from everybody else it is taken back, as soon as the browser has given it.

  let typedInto = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.tagName !== "IFRAME") typedInto = event.target;
  });

  function takeBack(frame) {
    if (document.activeElement !== frame || (!dialog() && frame.matches(":hover"))) return;
    frame.blur();
    const form = dialog();
    if (form && typedInto && form.contains(typedInto)) typedInto.focus();
    else window.focus();
  }

  window.addEventListener("blur", () => {
    const frame = document.activeElement;
    if (!frame || frame.tagName !== "IFRAME" || !frame.closest("[data-stage]")) return;
    [0, 30, 100].forEach((wait) => setTimeout(takeBack, wait, frame));
  });

  function showPage(stage, paper) {
    const frame = document.createElement("iframe");
    frame.title = paper.dataset.name;
    frame.src = `${paper.dataset.file}#navpanes=0&view=FitH`;
    stage.append(frame);
  }

  function close() {
    if (!open) return;
    const stage = open.querySelector("[data-stage]");
    stage.replaceChildren();
    stage.hidden = true;
    open.classList.remove("is-open");
    tellButton(open, false);
    open = null;
  }

  function tellButton(paper, isOpen) {
    const press = paper.querySelector("[data-open]");
    if (!press) return;
    press.textContent = isOpen ? "Hide" : "Look at it";
    press.setAttribute("aria-expanded", String(isOpen));
  }

  function show(paper) {
    if (paper === open) return;
    close();
    open = paper;
    view = { zoom: 1, turn: 0 };
    paper.classList.add("is-open");
    tellButton(paper, true);
    if (paper.dataset.file) {
      const stage = paper.querySelector("[data-stage]");
      stage.hidden = false;
      (paper.dataset.kind === "picture" ? showPicture : showPage)(stage, paper);
    }
    paper.scrollIntoView({ block: "start", behavior: "auto" });
  }

  function move(by) {
    if (!papers.length) return;
    const place = open ? papers.indexOf(open) + by : by > 0 ? 0 : papers.length - 1;
    show(papers[Math.min(Math.max(place, 0), papers.length - 1)]);
  }

  function draw() {
    const picture = open && open.querySelector(".paper-window img");
    if (!picture) return;
    picture.style.transform = `rotate(${view.turn}deg)`;
    picture.style.width = picture.style.height = `${view.zoom * 100}%`;
    picture.style.maxWidth = "none";
  }

  function zoom(by) {
    view.zoom = Math.min(Math.max(view.zoom * by, smallest), largest);
    draw();
  }

  function turn() {
    view.turn = (view.turn + 90) % 360;
    draw();
  }

  // Decisions and their dialog

  function decide(name, forCase) {
    const inPaper = open && !forCase;
    const found = inPaper
      ? open.querySelector(`[data-decision="${name}"]`)
      : [...document.querySelectorAll(`[data-decision="${name}"]`)].find(
          (one) => !one.closest("[data-paper]") && one.offsetParent !== null,
        );
    if (found) found.click();
  }

  function dialog() {
    const content = document.getElementById("modal-content");
    return content && content.offsetParent !== null ? content.querySelector("form") : null;
  }

  function send(form) {
    if (form.dataset.sent) return; // the second Enter of somebody in a hurry
    form.dataset.sent = "yes";
    form.requestSubmit();
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    const form = document.querySelector("#modal-content form");
    if (!form || !event.target.closest("#modal-content")) return;
    delete form.dataset.sent;
    // The dialog shows a moment after its content is there, and only what shows takes the focus.
    requestAnimationFrame(() => setTimeout(() => {
      const first = form.querySelector("select, textarea, [type=submit]");
      if (first) first.focus();
    }, 50));
  });

  document.addEventListener("change", (event) => {
    const name = event.target.dataset && event.target.dataset.fills;
    const field = name && event.target.form && event.target.form.elements[name];
    if (field && event.target.value) field.value = event.target.value;
  });

  // Keys

  const isTyping = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

  const pressed = {
    j: () => move(1),
    ArrowRight: () => move(1),
    k: () => move(-1),
    ArrowLeft: () => move(-1),
    o: () => (open ? close() : move(1)),
    "+": () => zoom(step),
    "=": () => zoom(step),
    "-": () => zoom(1 / step),
    t: turn,
    a: () => decide("approve", false),
    s: () => decide("ask_again", false),
    r: () => decide("reject", false),
    A: () => decide("approve", true),
    S: () => decide("ask_again", true),
    R: () => decide("reject", true),
    n: () => { const link = document.querySelector("a[data-next]"); if (link) link.click(); },
    "?": () => keys.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const form = dialog();
    if (form) {
      const isInside = form.contains(event.target) && !/^(A|BUTTON)$/.test(event.target.tagName);
      if (event.key === "Enter" && !event.shiftKey && (isInside || event.target === document.body)) {
        event.preventDefault();
        send(form);
      }
      return;
    }
    if (keys.open || event.repeat || isTyping(event.target) || !(event.key in pressed)) return;
    event.preventDefault();
    pressed[event.key]();
  });

  document.querySelectorAll("[data-legend]").forEach((one) => one.addEventListener("click", () => keys.showModal()));
  papers.forEach((paper) => {
    const press = paper.querySelector("[data-open]");
    if (press) press.addEventListener("click", () => (open === paper ? close() : show(paper)));
  });
  const chosen = page && papers.find((paper) => paper.dataset.paper === page.dataset.chosen);
  if (chosen) show(chosen);
});

// Everything here saves time; every page works without it.
const find = (selector) => document.querySelectorAll(selector);
const say = (text) => { const said = document.getElementById("said"); if (said) said.textContent = text; };

document.documentElement.classList.add("js");

// Copy buttons
for (const button of find("[data-copy]")) {
  button.addEventListener("click", async () => {
    const what = button.dataset.copy;
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      return say(`The browser did not allow copying. The ${what} is selected.`);
    }
    say(`${what[0].toUpperCase()}${what.slice(1)} copied. ${button.dataset.note || ""}`.trim());
    button.querySelector("use")?.setAttribute("href", button.querySelector("use").getAttribute("href").replace("#copy", "#ok"));
    setTimeout(() => {
      button.querySelector("use")?.setAttribute("href", button.querySelector("use").getAttribute("href").replace("#ok", "#copy"));
    }, 2000);
  });
}

// Show a password; hidden again before it is sent, so that the browser does not remember it as text
for (const button of find("[data-show]")) {
  const input = button.parentElement.querySelector("input");
  const show = (on) => {
    input.type = on ? "text" : "password";
    button.setAttribute("aria-pressed", on);
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
}

// Letters left, counted as the server counts them
for (const input of find("[data-limit]")) {
  const note = document.createElement("p");
  note.className = "hint";
  note.setAttribute("role", "status");
  input.after(note);
  const count = () => {
    const left = input.dataset.limit - [...input.value.trim()].length;
    const many = Math.abs(left) === 1 ? "character" : "characters";
    note.textContent = left < 0 ? `${-left} ${many} too many` : left <= 20 ? `${left} ${many} left` : "";
  };
  input.addEventListener("input", count);
  count();
}

// What people will see, while an application is described
const hostOf = (text) => {
  try { return new URL(text.trim().split(/\s/)[0]).host; } catch { return ""; }
};
for (const shown of find("[data-from]")) {
  const input = document.getElementById(shown.dataset.from);
  const first = shown.textContent;
  input.addEventListener("input", () => {
    shown.textContent = (input.id === "callback_urls" ? hostOf(input.value) : input.value) || (input.id === "description" ? "" : first);
  });
}

for (const shown of find("[data-initials]")) {
  const input = document.getElementById(shown.dataset.initials);
  input.addEventListener("input", () => {
    const words = input.value.match(/[\p{L}\p{N}]+/gu) || [];
    shown.textContent = words.slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();
  });
}

// A second press of a button is ignored; the first one keeps its name and value
for (const form of find("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of find("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// The account menu closes like a menu
for (const menu of find("details.account")) {
  const close = () => { menu.open = false; };
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => menu.contains(event.target) || close());
}

// Browsers that ignore autofocus on a message; late, so that the others have done it
addEventListener("load", () => setTimeout(() => {
  const message = document.querySelector(".flash[autofocus]");
  if (message && document.activeElement === document.body) message.focus();
}, 100));

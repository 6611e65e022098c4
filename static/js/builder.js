// The builder without a reload. Everything here also works as plain forms; this only spares waiting and surprises.
(() => {
  const form = () => document.getElementById("node-form");

  // Characters that count two where a platform counts by width: East Asian Wide and Fullwidth, most emoji among them.
  const WIDE =
    /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|(?![\u{1f1e6}-\u{1f1ff}])\p{Emoji_Presentation}/u;
  const measures = { one: () => 1, wide: (character) => (WIDE.test(character) ? 2 : 1) };

  const count = (control) => {
    const counter = control.closest(".counted")?.querySelector("[data-counter]");
    const measure = measures[control.dataset.count];
    if (!counter || !measure) return;
    const { soft, hard } = control.dataset;
    const length = [...control.value].reduce((sum, character) => sum + measure(character), 0);
    counter.textContent = hard || soft ? `${length} / ${hard || soft}` : length;
    counter.classList.toggle("danger-text", Boolean(hard) && length > Number(hard));
    counter.classList.toggle("warning-text", Boolean(soft) && length > Number(soft));
  };

  // What a text may not hold is said as soon as it is written. Patterns and sentences are the server's, which says the
  // same when the field is renewed.
  const unwantedIn = (control) =>
    JSON.parse(control.dataset.unwanted)
      .filter(([pattern]) => new RegExp(pattern, "u").test(control.value))
      .map(([, sentence]) => sentence);
  const sayAtOnce = (field, sentences) => {
    const served = field.querySelector(".error:not(.is-typed)")?.textContent ?? "";
    const news = [...sentences].filter((sentence) => !served.includes(sentence)).join(" ");
    let note = field.querySelector(".error.is-typed");
    if (!note && !news) return;
    if (!note) {
      note = document.getElementById("typed-note").content.firstElementChild.cloneNode(true);
      field.append(note);
    }
    note.hidden = !news;
    const text = note.querySelector("[data-text]");
    if (text.textContent !== news) text.textContent = news; // said once is enough for a screen reader
  };
  const judge = (control) => {
    if (!control.dataset.unwanted) return;
    const field = control.closest(".field");
    const found = new Set();
    for (const one of field.querySelectorAll("[data-unwanted]")) {
      const sentences = unwantedIn(one);
      for (const sentence of sentences) found.add(sentence);
      if (sentences.length) one.setAttribute("aria-invalid", "true");
      else if ("judged" in one.dataset) one.removeAttribute("aria-invalid");
      one.toggleAttribute("data-judged", Boolean(sentences.length));
    }
    sayAtOnce(field, found);
  };

  // Where a platform takes several texts there is always an empty one to write the next into.
  const addRow = (control) => {
    const group = control.closest("[data-most]");
    const rows = [...(group?.querySelectorAll(".counted") ?? [])];
    const last = rows.at(-1);
    if (!last?.contains(control) || !control.value || rows.length >= Number(group.dataset.most)) return;
    const row = last.cloneNode(true);
    const input = row.querySelector("input");
    input.value = "";
    for (const name of ["autofocus", "aria-invalid", "data-judged"]) input.removeAttribute(name);
    input.id = `${rows[0].querySelector("input").id}-${rows.length + 1}`;
    input.setAttribute("aria-label", `${group.querySelector(".form-label").textContent} ${rows.length + 1}`);
    last.after(row);
    count(input);
  };
  document.addEventListener("input", (event) => {
    if (!form() || event.target.form !== form()) return;
    count(event.target);
    judge(event.target);
    addRow(event.target);
  });

  // A long list gets a search above it: what does not hold the words is taken out, never what is chosen.
  const LONG = 8;
  const makeSearchable = () => {
    for (const pick of document.querySelectorAll("[data-pick]:not([data-searchable])")) {
      const select = pick.querySelector("select");
      if (!select || select.options.length <= LONG) continue;
      pick.dataset.searchable = "";
      const all = [...select.options];
      const search = document.createElement("input");
      search.type = "search";
      search.className = "form-control pick-search";
      search.placeholder = `Search ${all.length - 1}`;
      search.setAttribute("aria-label", `${pick.querySelector("label").textContent}: search`);
      search.addEventListener("input", () => {
        const words = search.value.trim().toLowerCase();
        const isKept = (option) => option.selected || option.textContent.toLowerCase().includes(words);
        const { value } = select;
        select.replaceChildren(...all.filter((option) => option.value === value || isKept(option)));
        select.value = value;
      });
      search.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        select.focus();
      });
      select.before(search);
    }
  };
  new MutationObserver(makeSearchable).observe(document.getElementById("content"), { childList: true, subtree: true });
  makeSearchable();

  // Choices that decide which other fields there are, and files, are saved at once.
  document.addEventListener("change", (event) => {
    const control = event.target;
    if (!form() || control.form !== form()) return;
    if (control.closest(".found") && control.checked) adopt(control);
    if (control.type === "file" || control.dataset.decides !== undefined) form().requestSubmit();
  });

  // What was found and ticked moves up to the chips, and the search is over.
  const adopt = (control) => {
    const field = control.closest(".field");
    const tick = control.closest(".tick");
    tick.classList.remove("is-offer");
    tick.querySelector(".tick-detail")?.remove();
    field.querySelector("[data-chips]").append(tick);
    field.querySelector("[data-search]").value = "";
    field.querySelector(".found").replaceChildren();
    field.querySelector("[data-search]").focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tick-all]");
    const ticks = [...(button?.closest("fieldset").querySelectorAll("[type=checkbox]") ?? [])];
    const isWanted = !ticks.every((tick) => tick.checked);
    for (const tick of ticks) tick.checked = isWanted;
  });

  // Enter in a search has found already what there is; it does not save the page.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.name?.startsWith("search.")) event.preventDefault();
  });

  // Nothing is typed into a page that is about to be replaced; the focus comes back where it was.
  let focused = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== form()) return;
    focused = document.activeElement?.id ?? "";
    document.getElementById("builder").inert = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id !== "node-form") return;
    document.getElementById("builder").inert = false;
    keepFocus();
  });

  // A button that is gone with what it did (the last "Move up", Undo) leaves the keyboard at its fellow or in the tree.
  const FELLOWS = { "move-up": "move-down", "move-down": "move-up" };
  const keepFocus = () => {
    if (!focused || document.activeElement !== document.body) return;
    const ids = [focused, FELLOWS[focused]].filter(Boolean);
    const found = ids.map((id) => document.getElementById(id)).find(Boolean);
    (found ?? document.querySelector(".tree-pane [aria-current]"))?.focus();
  };

  // The place in the tree stays where it was, and a clash is shown instead of announced as a failure.
  let scrolled = 0;
  let node = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "builder") return;
    scrolled = document.querySelector(".tree-pane")?.scrollTop ?? 0;
    node = event.detail.target.dataset.node;
    const { status } = event.detail.xhr;
    if (status === 409 && event.detail.xhr.getResponseHeader("Content-Type").startsWith("text/html")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  const showForm = () => {
    const card = document.getElementById("node-form")?.closest(".card");
    const top = card?.getBoundingClientRect().top ?? 0;
    if (top < 0 || top > window.innerHeight / 2) card?.scrollIntoView({ block: "start" });
  };
  const showCurrent = () => {
    const tree = document.querySelector(".tree-pane");
    const current = tree?.querySelector("[aria-current]");
    if (!current) return;
    const distance = current.getBoundingClientRect().top - tree.getBoundingClientRect().top;
    if (distance < 0 || distance > tree.clientHeight - current.clientHeight) tree.scrollTop += distance - tree.clientHeight / 3;
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "builder") return;
    const tree = document.querySelector(".tree-pane");
    if (tree) tree.scrollTop = scrolled;
    showCurrent();
    keepFocus();
    if (document.getElementById("builder").dataset.node !== node) showForm();
  });
  showCurrent();
})();

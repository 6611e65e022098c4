// The builder without a reload. Everything here also works as plain forms; this only spares waiting and surprises.
(() => {
  const form = () => document.getElementById("node-form");

  const count = (control) => {
    const counter = control.closest(".counted")?.querySelector("[data-counter]");
    if (!counter || control.dataset.count === undefined) return;
    const { soft, hard } = control.dataset;
    const length = [...control.value].length;
    counter.textContent = hard || soft ? `${length} / ${hard || soft}` : length;
    counter.classList.toggle("danger-text", Boolean(hard) && length > Number(hard));
    counter.classList.toggle("warning-text", Boolean(soft) && length > Number(soft));
  };

  document.addEventListener("input", (event) => {
    if (form() && event.target.form === form()) count(event.target);
  });

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
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
  });

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
    if (document.getElementById("builder").dataset.node !== node) showForm();
  });
  showCurrent();
})();

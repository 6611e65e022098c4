// What HTML and htmx cannot do alone: one submit per form, copying, drop zones, and telling that a request failed.
(() => {
  const announce = (text) => {
    const box = document.getElementById("request-problem");
    if (!box) return;
    box.querySelector("[data-text]").textContent = text;
    box.hidden = !text;
  };

  // A form that is on its way is not sent twice. The server guards itself as well; this only spares the surprise.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.submitter && event.submitter.hasAttribute("data-again")) return; // a download: the page stays
    if (event.defaultPrevented || form.method === "get" || form.matches("[hx-post], [hx-put], [data-hx-post]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    });
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.setAttribute("aria-label", "Copied");
    button.title = "Copied";
  });

  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => {
      const zone = event.target.closest && event.target.closest(".dropzone");
      if (zone) zone.classList.toggle("is-over", over);
    });
  }
  // A file that misses its zone would be opened instead of uploaded, in place of the page where the browser likes that.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files") || event.target.closest?.("[type=file]")) return;
      event.dataTransfer.dropEffect = "none";
      event.preventDefault();
    });
  }
  document.addEventListener("change", (event) => {
    const zone = event.target.closest(".dropzone");
    if (zone && zone.closest("[data-uploads]")) return; // each file gets a line of its own there
    const names = zone && zone.querySelector("[data-file-names]");
    if (names) names.textContent = [...event.target.files].map((file) => file.name).join(", ");
  });

  // Refusals come as the envelope {"error": {"message": …}}; anything else is a page, which is not shown here.
  const sentence = (text) => {
    try {
      return JSON.parse(text).error.message;
    } catch {
      return "";
    }
  };

  // The bell looks for news every half minute, while somebody can see it. It disturbs nobody when it fails.
  const look = () => {
    if (!document.hidden && window.htmx) window.htmx.trigger(document.body, "look-for-news");
  };
  setInterval(look, 30000);
  document.addEventListener("visibilitychange", look);
  const isBell = (event) => event.detail.elt && (event.detail.elt.id === "unread-poll" || "quiet" in event.detail.elt.dataset);
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:afterOnLoad"]) {
    document.addEventListener(name, (event) => isBell(event) && event.stopImmediatePropagation());
  }

  const failed = "The last change did not reach the server. Check the connection, then try again.";
  document.addEventListener("htmx:sendError", () => announce(failed));
  document.addEventListener("htmx:timeout", () => announce(failed));
  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    const told = sentence(responseText);
    if (told) announce(told);
    else if (status === 403) announce("You may not do this, or you were logged out. Reload the page.");
    else if (status === 404) announce("This is not there any more. Reload the page.");
    else announce(`The server could not do this (error ${status}). Reload the page and try again.`);
  });
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful) announce("");
  });
})();

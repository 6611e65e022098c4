// The placement that somebody looks at stays chosen when the page renews the preview.
(() => {
  let chosen = "";
  document.addEventListener("change", (event) => {
    if (event.target.name === "placement") chosen = event.target.id;
  });
  new MutationObserver(() => {
    const radio = chosen && document.getElementById(chosen);
    if (radio && !radio.checked) radio.checked = true;
  }).observe(document.body, { childList: true, subtree: true });
})();

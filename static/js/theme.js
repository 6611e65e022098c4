// Bootstrap draws a few of its own parts (chevrons, the close cross) by this attribute; our tokens do not need it.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  root.classList.add("js");
  if (navigator.clipboard) root.classList.add("can-copy");
  follow();
  dark.addEventListener("change", follow);
})();

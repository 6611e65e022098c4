// The list of ad accounts follows the platform, and the platform follows the ad account.
(() => {
  const radios = [...document.querySelectorAll("[name=platform]")];
  const accounts = document.querySelector("[name=account]");
  if (!accounts || radios.length < 2) return;
  const name = (radio) => radio.closest("label").textContent.trim();

  const follow = () => {
    const chosen = radios.find((radio) => radio.checked);
    for (const group of accounts.querySelectorAll("optgroup")) {
      group.hidden = group.disabled = Boolean(chosen) && group.label !== name(chosen);
    }
    if (accounts.selectedOptions[0]?.closest("optgroup")?.disabled) accounts.value = "";
  };
  accounts.addEventListener("change", () => {
    const group = accounts.selectedOptions[0]?.closest("optgroup");
    const radio = radios.find((item) => name(item) === group?.label);
    if (radio) radio.checked = true;
    follow();
  });
  radios.forEach((radio) => radio.addEventListener("change", follow));
  follow();
})();

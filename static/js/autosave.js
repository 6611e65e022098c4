// The builder saves by itself: a while after the last change, one save at a time. Only parts of the page that nobody is
// in are renewed. When a save fails, the text stays in the page, the save bar says why, and it is tried again.
(() => {
  const PAUSE = 1200;
  const LONGEST = 8000;
  const TIMEOUT = 30000;
  const RETRIES = [3000, 6000, 12000, 30000];
  const LOG_IN_LOOK = 10000;

  const form = () => document.getElementById("node-form");
  const cells = (root) => [...(root?.querySelectorAll("[data-leaf]") ?? [])];
  const hidden = (root, name) => root.querySelector(`input[type=hidden][name=${name}]`);
  const isIn = (element) => element.contains(document.activeElement);

  // What a field would send, without the words of a search that is still going on.
  const isSearching = (control) => {
    const field = control.closest("[data-leaf]");
    return control.name.endsWith(".add") && (isIn(field) || field.querySelector(".found .tick"));
  };
  const sends = (control) =>
    control.matches("input, select, textarea") &&
    control.type !== "file" &&
    !control.name.startsWith("search.") &&
    (!["checkbox", "radio"].includes(control.type) || control.checked) &&
    !isSearching(control);
  const content = (cell) =>
    JSON.stringify([...cell.querySelectorAll("[name]")].filter(sends).map((control) => [control.name, control.value]));

  let known = new Map(); // leaf → what it sent when it was last known to be stored
  let served = new Map(); // leaf → its HTML as it came from the server
  let late = new Map(); // leaf → newer HTML for a field that somebody is in
  let since = 0; // when the oldest change that is not stored was made
  let timer = 0;
  let failures = 0;
  let flight = null; // the save that is under way
  let isStopped = false; // nothing is tried before the next change
  let isClash = false; // nothing is tried before a person has chosen
  let isSent = false; // a button's request is under way, with everything that was typed
  let isPressed = false;

  const isChanged = (cell) => content(cell) !== known.get(cell.dataset.leaf);
  const isDirty = () => !isSent && cells(form()).some(isChanged);

  const remember = () => {
    clearTimeout(timer);
    known = new Map(cells(form()).map((cell) => [cell.dataset.leaf, content(cell)]));
    served = new Map(cells(form()).map((cell) => [cell.dataset.leaf, cell.outerHTML]));
    late = new Map();
    since = failures = 0;
    isStopped = isClash = isSent = false;
    showClock();
  };

  // What the save bar says ---------------------------------------------------------------------------------------------

  const line = () => document.querySelector("[data-part=saved]");
  const showClock = () => {
    for (const time of document.querySelectorAll("[data-part=saved] time")) {
      const at = new Date(time.dateTime);
      const day = at.toLocaleDateString("en-US", { month: "short", day: "numeric" });
      const clock = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      time.textContent = at.toDateString() === new Date().toDateString() ? clock : `${day}, ${clock}`;
    }
  };
  const paint = (trouble) => {
    line().hidden = Boolean(trouble) || isDirty();
    document.getElementById("saving").hidden = Boolean(trouble) || !isDirty();
  };
  const tell = (text, action = null) => {
    const box = document.getElementById("save-trouble");
    if (!box) return;
    paint(text);
    if (box.dataset.text === text) return; // said once is enough for a screen reader
    box.dataset.text = text;
    box.replaceChildren(...(text ? [text, " ", action].filter(Boolean) : []));
  };
  const logInLink = () => {
    const link = document.createElement("a");
    link.href = `/login?next=${encodeURIComponent(form().dataset.url)}`;
    link.target = "_blank";
    link.textContent = "Log in in another tab";
    return link;
  };
  const compareButton = () => {
    const button = document.createElement("button");
    button.type = "submit";
    button.name = "do";
    button.value = "save";
    button.className = "btn btn-secondary btn-sm";
    button.setAttribute("form", "node-form");
    button.textContent = "Look at both";
    return button;
  };

  // Saving -------------------------------------------------------------------------------------------------------------

  const wait = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  };
  const changed = () => {
    if (!form() || isStopped || isClash) return;
    if (!failures) tell("");
    if (!isDirty()) return;
    since = since || Date.now();
    if (!failures) wait(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  };

  const save = () => {
    clearTimeout(timer);
    if (flight || isStopped || isClash || !form() || !isDirty()) return flight;
    const asked = form();
    flight = send(asked).finally(() => {
      flight = null;
      if (asked === form() && !failures) changed();
    });
    return flight;
  };

  const body = () => {
    const data = new FormData(form());
    for (const control of form().querySelectorAll("[name$='.add']")) if (isSearching(control)) data.delete(control.name);
    for (const name of ["upload", "cover_upload"]) data.delete(name);
    data.set("do", "autosave");
    return data;
  };
  const send = async (asked) => {
    const sent = new Map(cells(asked).map((cell) => [cell.dataset.leaf, content(cell)]));
    since = 0;
    try {
      const response = await fetch(asked.action, {
        method: "POST",
        body: body(),
        headers: { Accept: "application/json, text/html;q=0.5" },
        signal: AbortSignal.timeout(TIMEOUT),
      });
      const text = await response.text();
      if (asked !== form()) return;
      if (response.ok) await take(text, sent);
      else await refused(response.status, text);
    } catch (error) {
      if (!["TypeError", "TimeoutError", "AbortError"].includes(error.name)) throw error;
      again("Not saved: no connection.");
    }
  };

  // Failing ------------------------------------------------------------------------------------------------------------

  const STAYS = "Your text stays here";
  const again = (why) => {
    tell(`${why} ${STAYS}; we try again.`);
    wait(RETRIES[Math.min(failures, RETRIES.length - 1)]);
    failures += 1;
  };
  const stop = (why, action = null) => {
    isStopped = true;
    isClash = Boolean(action);
    failures = 0;
    tell(`Not saved: ${why}`, action);
  };
  const sentence = (text) => {
    try {
      return JSON.parse(text).error;
    } catch {
      return {};
    }
  };
  const refused = async (status, text) => {
    const { message = "", code = "" } = sentence(text) ?? {};
    if (status === 401) return lookForLogIn();
    if (status === 403 && !failures && (await renewToken())) return again("Not saved yet.");
    if ([408, 429].includes(status) || status >= 500) return again(`Not saved: the server could not do this (error ${status}).`);
    if ([404, 409].includes(status)) return stop(message || `This campaign is not there any more. ${STAYS}.`, compareButton());
    stop(message ? `${message} ${STAYS}.` : `the server refused it (error ${status}). ${STAYS}.`);
  };

  // After a log-in in another tab the page needs the new session's token; then it can save.
  const lookForLogIn = async () => {
    failures = Math.max(failures, 1);
    tell(`Not saved: you were logged out. ${STAYS}.`, logInLink());
    clearTimeout(timer);
    timer = setTimeout(look, LOG_IN_LOOK);
  };
  const look = async () => {
    if (!form()) return;
    if (await renewToken()) {
      failures = 0;
      save();
    } else await lookForLogIn();
  };
  const renewToken = async () => {
    try {
      const response = await fetch(form().dataset.url, { redirect: "manual", headers: { Accept: "text/html" } });
      if (!response.ok) return false;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const token = hidden(page, "csrfmiddlewaretoken")?.value;
      if (!token) return false;
      for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
      return true;
    } catch {
      return false;
    }
  };

  // Renewing the page --------------------------------------------------------------------------------------------------

  const released = () =>
    isPressed ? new Promise((done) => addEventListener("pointerup", () => setTimeout(done), { once: true })) : null;

  const take = async (html, sent) => {
    await released();
    const page = new DOMParser().parseFromString(html, "text/html");
    failures = 0;
    tell("");
    const old = JSON.parse(hidden(form(), "base").value || "{}");
    const base = JSON.parse(hidden(page, "base").value);
    for (const fresh of cells(page)) {
      const leaf = fresh.dataset.leaf;
      const cell = cells(form()).find((one) => one.dataset.leaf === leaf);
      if (!cell) continue;
      const wasMine = sent.get(leaf) !== known.get(leaf);
      const isRenewed = renew(cell, fresh, sent.get(leaf), base[leaf]);
      if (!isRenewed && !wasMine) base[leaf] = old[leaf]; // what was typed here began with what is still shown
    }
    hidden(form(), "base").value = JSON.stringify(base);
    for (const name of ["version", "new_key"]) hidden(form(), name).value = hidden(page, name).value;
    renewParts(page);
  };

  // A field that changed since it was sent keeps its text; one that somebody is in is renewed when they leave it.
  const renew = (cell, fresh, sent, began) => {
    const leaf = cell.dataset.leaf;
    known.set(leaf, sent);
    if (content(cell) !== sent) return false;
    if (isIn(cell)) {
      late.set(leaf, { fresh, began });
      return content(fresh) === sent;
    }
    if (served.get(leaf) !== fresh.outerHTML) put(cell, fresh);
    return true;
  };
  const put = (cell, fresh) => {
    served.set(cell.dataset.leaf, fresh.outerHTML);
    late.delete(cell.dataset.leaf);
    cell.replaceWith(fresh);
    window.htmx?.process(fresh);
    known.set(fresh.dataset.leaf, content(fresh));
  };
  const putLate = () => {
    if (isPressed) return;
    for (const cell of cells(form())) {
      const { leaf } = cell.dataset;
      if (!late.has(leaf) || isIn(cell) || isChanged(cell)) continue;
      const { fresh, began } = late.get(leaf);
      const base = hidden(form(), "base");
      base.value = JSON.stringify({ ...JSON.parse(base.value), [leaf]: began });
      put(cell, fresh);
    }
  };
  const renewParts = (page) => {
    for (const fresh of page.querySelectorAll("[data-part]")) {
      const part = document.querySelector(`[data-part=${fresh.dataset.part}]`);
      if (!part || part.innerHTML === fresh.innerHTML) continue;
      const focused = isIn(part) ? document.activeElement.id : "";
      if (isIn(part) && !focused) continue;
      part.replaceChildren(...fresh.childNodes);
      window.htmx?.process(part);
      if (focused) document.getElementById(focused)?.focus();
    }
    showClock();
  };

  // When -----------------------------------------------------------------------------------------------------------------

  for (const name of ["input", "change"]) {
    document.addEventListener(name, (event) => {
      if (!form() || event.target.form !== form()) return;
      isStopped = false;
      changed();
    });
  }
  document.addEventListener("focusout", (event) => {
    const cell = event.target.closest?.("#node-form [data-leaf]");
    if (!cell || cell.contains(event.relatedTarget)) return;
    setTimeout(putLate);
    setTimeout(changed);
  });
  document.addEventListener("pointerdown", () => (isPressed = true));
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => {
      isPressed = false;
      setTimeout(putLate);
    });
  }
  window.addEventListener("online", () => failures && save());
  window.addEventListener("focus", () => failures && document.querySelector("#save-trouble a") && look());
  document.addEventListener("visibilitychange", () => document.hidden && save());
  window.addEventListener("beforeunload", (event) => {
    if (!form() || !isDirty()) return;
    save();
    event.preventDefault();
  });

  // A button waits for the save that is under way, so that a person does not clash with the page itself.
  document.addEventListener("htmx:confirm", (event) => {
    if (event.detail.elt !== form() || !form()) return;
    clearTimeout(timer);
    if (!flight) return;
    event.preventDefault();
    flight.finally(() => event.detail.issueRequest(true));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === form()) isSent = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form() || event.detail.successful) return;
    isSent = false;
    changed();
  });
  document.addEventListener("htmx:afterSettle", (event) => event.detail.elt.id === "builder" && remember());
  document.addEventListener("submit", (event) => {
    if (event.target === form() && !window.htmx) isSent = true;
  });
  remember();
})();

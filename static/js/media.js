// Files on their way: a bar for each in the library, one bar in an ad. Without this, plain forms send them.
(() => {
  const AT_ONCE = 2;

  // The library: every file by itself, so that one that is refused holds nobody up.
  const line = (list, file) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const told = document.createElement("span");
    name.textContent = file.name;
    name.className = "truncate";
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    told.className = "small muted";
    told.textContent = "Waiting";
    told.setAttribute("aria-hidden", "true"); // every percent would be read out: the bar says it to who asks
    item.append(name, bar, told);
    list.append(item);
    return { item, bar, told };
  };

  const answerOf = (xhr) => {
    try {
      return JSON.parse(xhr.responseText);
    } catch {
      return {};
    }
  };

  const send = (form, file, { item, bar, told }) =>
    new Promise((resolve) => {
      const data = new FormData();
      data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      data.append("file", file);
      const xhr = new XMLHttpRequest();
      xhr.open("POST", form.action);
      xhr.setRequestHeader("Accept", "application/json");
      xhr.upload.addEventListener("progress", (event) => {
        bar.value = event.loaded;
        told.textContent = event.loaded < event.total ? `${Math.floor((100 * event.loaded) / event.total)} %` : "Reading";
      });
      xhr.addEventListener("loadend", () => {
        const answer = answerOf(xhr);
        item.classList.add(answer.success ? "is-done" : "is-refused");
        bar.hidden = true;
        told.removeAttribute("aria-hidden");
        told.textContent = answer.success
          ? "In the library"
          : answer.error?.message || "This file did not reach the server. Check the connection and try again.";
        resolve(Boolean(answer.success));
      });
      xhr.send(data);
    });

  let underWay = 0;
  const sendAll = async (form, files) => {
    const list = form.querySelector("[data-upload-list]");
    const waiting = files.map((file) => [file, line(list, file)]);
    let kept = 0;
    const work = async () => {
      while (waiting.length) if (await send(form, ...waiting.shift())) kept += 1;
    };
    underWay += 1;
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    underWay -= 1;
    if (kept) window.htmx.ajax("GET", form.action, { target: "#media-list", select: "#media-list", swap: "outerHTML" });
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-uploads]");
    if (!form || event.target.type !== "file" || !event.target.files.length) return;
    const files = [...event.target.files];
    event.target.value = "";
    sendAll(form, files);
  });

  // A page that is left takes with it what is still on its way.
  window.addEventListener("beforeunload", (event) => underWay && event.preventDefault());

  // An ad: htmx sends the whole form; the bar shows how far it is when it takes long enough to be seen. The answer on its
  // way back is told by the same event, so the bar never goes back; what failed leaves none standing.
  const adBar = (event) => event.detail.elt.id === "node-form" && document.querySelector("[data-upload-bar]");
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = adBar(event);
    if (!bar || !document.getElementById("f-upload")?.files.length) return;
    const { loaded, total } = event.detail;
    bar.hidden = false;
    bar.value = Math.max(bar.value, total ? loaded / total : 0);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const bar = adBar(event);
    if (bar) Object.assign(bar, { hidden: true, value: 0 });
  });

  // Enter in the picker's search searches; elsewhere in the form it saves.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.name !== "library.named") return;
    event.preventDefault();
    event.target.closest(".search-row").querySelector("button").click();
  });

  // A crop moves with its sliders; the server cuts by the same rule (campaigns/cropping.py). A slider without room for
  // the part to move in cannot be taken hold of.
  const drawCrop = (form) => {
    const share = (name, room) => Math.floor((room * Number(form.elements[name].value)) / 100);
    const shape = form.querySelector("input[name=shape]:checked");
    const [wide, high] = [Number(shape.dataset.width), Number(shape.dataset.height)];
    const svg = form.querySelector("[data-crop-view]");
    const [width, height] = [Number(svg.dataset.width), Number(svg.dataset.height)];
    const part = { width: wide, height: high, x: share("x", width - wide), y: share("y", height - high) };
    svg.querySelectorAll("[data-crop-part]").forEach((rect) => {
      for (const [name, value] of Object.entries(part)) rect.setAttribute(name, value);
    });
    form.elements.x.disabled = wide === width;
    form.elements.y.disabled = high === height;
  };
  document.querySelectorAll("form[data-crop]").forEach(drawCrop);
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-crop]");
    if (form) drawCrop(form);
  });
})();

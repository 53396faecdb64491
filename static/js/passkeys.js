// Passkeys: asks the portal what to ask, asks the device, and hands its answer back in an ordinary form.
(() => {
  "use strict";
  const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const withBytes = (list) => (list || []).map((entry) => ({ ...entry, id: toBytes(entry.id) }));

  const make = async (asked) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: toBytes(asked.challenge),
        user: { ...asked.user, id: toBytes(asked.user.id) },
        excludeCredentials: withBytes(asked.excludeCredentials),
      },
    });
    const response = { clientDataJSON: toText(made.response.clientDataJSON), attestationObject: toText(made.response.attestationObject) };
    return { id: made.id, rawId: toText(made.rawId), type: made.type, response, clientExtensionResults: {} };
  };
  const get = async (asked) => {
    const publicKey = { ...asked, challenge: toBytes(asked.challenge), allowCredentials: withBytes(asked.allowCredentials) };
    const got = await navigator.credentials.get({ publicKey });
    const response = {
      clientDataJSON: toText(got.response.clientDataJSON),
      authenticatorData: toText(got.response.authenticatorData),
      signature: toText(got.response.signature),
      userHandle: got.response.userHandle ? toText(got.response.userHandle) : undefined,
    };
    return { id: got.id, rawId: toText(got.rawId), type: got.type, response, clientExtensionResults: {} };
  };

  const tell = (form, why) => {
    const trouble = form.querySelector("[data-trouble]");
    const words = trouble.querySelector("span");
    words.textContent = words.dataset[why];
    trouble.hidden = false;
  };
  const prove = async (form, button) => {
    form.querySelector("[data-trouble]").hidden = true;
    let asked;
    try {
      const answer = await fetch(form.dataset.ask, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      asked = await answer.json();
    } catch { return tell(form, "failed"); }
    try {
      const answer = await (form.dataset.passkey === "make" ? make(asked) : get(asked));
      form.elements.answer.value = JSON.stringify(answer);
    } catch (error) { return tell(form, error.name === "InvalidStateError" ? "known" : "cancelled"); }
    form.requestSubmit(button);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-passkey]") || form.elements.answer.value) return;
    // Return in the password's field means the password.
    if (event.submitter?.matches("[data-without-passkey]") || document.activeElement?.matches("[type=password]")) return;
    event.preventDefault();
    prove(form, event.submitter);
  });

  const begin = () => {
    // Where there are no passkeys, the password is not hidden behind them.
    if (!window.PublicKeyCredential) for (const part of document.querySelectorAll("[data-open-without-passkey]")) part.open = true;
    const numbers = /^[\d.]+$|^\[/.test(location.hostname);
    for (const form of document.querySelectorAll("[data-passkey]")) {
      if (!window.PublicKeyCredential && !numbers) continue;
      form.hidden = false;
      for (const part of form.querySelectorAll("[data-needs-passkey]")) part.hidden = false;
      const elsewhere = form.querySelector("[data-address]");
      if (!numbers || !elsewhere) continue;
      // Browsers know passkeys only by a host's name; this machine has one.
      const local = location.hostname.startsWith("127.") || location.hostname === "[::1]";
      for (const button of form.querySelectorAll("button:not([data-without-passkey])")) button.disabled = true;
      const link = elsewhere.querySelector("a");
      if (local) link.href = location.href.replace(location.hostname, "localhost"); else link.remove();
      elsewhere.hidden = false;
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();

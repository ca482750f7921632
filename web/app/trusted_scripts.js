// The page's policy requires Trusted Types: only files of this site may become scripts, as workers.

export function trustOwnScripts() {
    const { trustedTypes } = /** @type {any} */ (globalThis);
    trustedTypes?.createPolicy('default', { createScriptURL: ownScript });
}

/** @param {string} url */
const ownScript = (url) => (new URL(url, document.baseURI).origin === location.origin ? url : undefined); // undefined: refused

// The page's policy demands Trusted Types: nothing becomes a script but files of this site, which start as workers.

export function trustOwnScripts() {
    const { trustedTypes } = /** @type {any} */ (globalThis);
    trustedTypes?.createPolicy('default', { createScriptURL: ownScript });
}

/** @param {string} url */
const ownScript = (url) => (new URL(url, document.baseURI).origin === location.origin ? url : undefined); // undefined: refused

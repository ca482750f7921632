navigator.serviceWorker.onmessage = ({ data }) => (document.querySelector('p').textContent = data);
await navigator.serviceWorker.register('./service.js', { type: 'module' });
(await navigator.serviceWorker.ready).active.postMessage('enlarge');

navigator.serviceWorker.register('./worker.js', { type: 'module' });

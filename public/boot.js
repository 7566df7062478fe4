// Starts the app, and registers the service worker once the app is on the screen. The build writes the two names.
try {
  const { default: init } = await import('/{{kiosk_js}}');
  await init({ module_or_path: '/{{kiosk_wasm}}' });
} catch (error) {
  console.error(error);
  // Without the app itself, these words are all that can be said.
  const splash = document.getElementById('splash');
  if (splash) splash.dataset.failed = '';
}

if ('serviceWorker' in navigator) {
  const register = () => navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' }).catch(console.error);
  if (document.readyState === 'complete') register();
  else addEventListener('load', register);
}

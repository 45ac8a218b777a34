import { reactRouter } from '@react-router/dev/vite';

export default {
  plugins: [reactRouter()],
  // So that Vite finds all packages at its start: else it finds them while the first page loads, which then fails once.
  optimizeDeps: { entries: ['app/**/*.jsx'] },
  // The endpoint of development: the browser sees page and endpoint on one origin.
  server: { proxy: { '/auth': process.env.ENDPOINT ?? 'http://localhost:8365' } },
};

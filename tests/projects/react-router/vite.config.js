import { reactRouter } from '@react-router/dev/vite';

export default {
  plugins: [reactRouter()],
  // The endpoint of development: the browser sees page and endpoint on one origin.
  server: { proxy: { '/auth': process.env.ENDPOINT ?? 'http://localhost:8365' } },
};

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  server: {
    // Page and endpoint on one origin: the browser knows only this server.
    proxy: { '/auth': process.env.ENDPOINT ?? 'http://localhost:8365' },
    strictPort: true,
  },
});

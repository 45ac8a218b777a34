export default {
  // The endpoint of development: the browser sees page and endpoint on one origin.
  rewrites: async () => [
    { source: '/auth/:path*', destination: `${process.env.ENDPOINT ?? 'http://localhost:8365'}/auth/:path*` },
  ],
};

export default { '/auth': { target: process.env.ENDPOINT ?? 'http://localhost:8365' } };

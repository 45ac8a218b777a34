import { index } from '@react-router/dev/routes';

export default [index('inbox.jsx')];

import { createClient } from 'exo365';
import { Exo365Provider } from 'exo365/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';

const open = () => createClient({ endpoint: '/auth' });

const root = document.querySelector('#root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <Exo365Provider open={open}>
        <App />
      </Exo365Provider>
    </StrictMode>,
  );

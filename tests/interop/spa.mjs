// oidc-client-ts as a single-page app uses it: sign-in, UserInfo, refresh, revocation, sign-out; no server of its own.
import { UserManager } from 'oidc-client-ts';

const { authority, client_id } = await (await fetch('/configuration.json')).json();
const users = new UserManager({
  authority, client_id,
  redirect_uri: `${location.origin}/callback`,
  post_logout_redirect_uri: `${location.origin}/signed-out`,
  scope: 'openid profile email',
  loadUserInfo: true,
  automaticSilentRenew: false, // this page renews when its button is pressed
});

function show(status, user) {
  document.getElementById('user').textContent = user ? JSON.stringify(user) : '';
  document.getElementById('status').textContent = status;
}

// What a button does; the page says what came of it.
function on(id, act) {
  document.getElementById(id).addEventListener('click', () => {
    show('…');
    act().catch((error) => show(`failed: ${error.error ?? error.message}`));
  });
}

on('sign-in', () => users.signinRedirect());
on('renew', async () => show('renewed', await users.signinSilent()));
on('revoke', async () => {
  await users.revokeTokens(['refresh_token']);
  show('given back');
});
on('sign-out', () => users.signoutRedirect());

try {
  if (location.pathname === '/callback') {
    const user = await users.signinCallback();
    history.replaceState(null, '', '/');
    show('signed in', user);
  } else if (location.pathname === '/signed-out') {
    await users.signoutCallback();
    show('signed out');
  } else {
    show(await users.getUser() ? 'signed in' : 'nobody');
  }
} catch (error) {
  show(`failed: ${error.error ?? error.message}`);
}

// go-oidc and golang.org/x/oauth2 as a native app uses them: the browser comes back to a port of this machine (RFC 8252 §7.3).
//
// Its person and their browser are another program (person.py): one JSON object a line, each way.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type configuration struct {
	Issuer                string `json:"issuer"`
	ClientID              string `json:"client_id"`
	PostLogoutRedirectURI string `json:"post_logout_redirect_uri"`
}

func say(what map[string]any) {
	if err := json.NewEncoder(os.Stdout).Encode(what); err != nil {
		log.Fatal(err)
	}
}

// visit sends the person's browser there; what it brings back to this listener.
func visit(to string, listener net.Listener) url.Values {
	came := make(chan *url.URL, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "You may close this window.")
		came <- r.URL
	})}
	go server.Serve(listener)
	say(map[string]any{"visit": to})
	at := <-came
	if err := server.Shutdown(context.Background()); err != nil {
		log.Fatal(err)
	}
	return at.Query()
}

func listen(address string) net.Listener {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

// signIn is the code flow with PKCE; the ID token is checked by the library but for the nonce.
func signIn(ctx context.Context, config oauth2.Config, verifier *oidc.IDTokenVerifier) (*oauth2.Token, *oidc.IDToken, error) {
	listener := listen("127.0.0.1:0")
	config.RedirectURL = fmt.Sprintf("http://%s/callback", listener.Addr())
	state, nonce, proof := oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	answer := visit(config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(proof)), listener)
	if answer.Get("state") != state || answer.Get("error") != "" {
		return nil, nil, fmt.Errorf("not signed in: %v", answer)
	}
	tokens, err := config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(proof))
	if err != nil {
		return nil, nil, err
	}
	raw, _ := tokens.Extra("id_token").(string)
	idToken, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, nil, err
	}
	if idToken.Nonce != nonce {
		return nil, nil, errors.New("the ID token is not the one asked for")
	}
	return tokens, idToken, idToken.VerifyAccessToken(tokens.AccessToken)
}

func refresh(ctx context.Context, config oauth2.Config, refreshToken string) (*oauth2.Token, error) {
	return config.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
}

func signOut(endpoint, postLogoutRedirectURI, idToken string) (string, string) {
	at, err := url.Parse(postLogoutRedirectURI)
	if err != nil {
		log.Fatal(err)
	}
	state := oauth2.GenerateVerifier()
	query := url.Values{"id_token_hint": {idToken}, "post_logout_redirect_uri": {postLogoutRedirectURI}, "state": {state}}
	answer := visit(endpoint+"?"+query.Encode(), listen(at.Host))
	at.RawQuery = answer.Encode()
	return at.String(), state
}

func run(ask configuration) (map[string]any, error) {
	ctx := context.Background()
	provider, err := oidc.NewProvider(ctx, ask.Issuer)
	if err != nil {
		return nil, err
	}
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := provider.Claims(&metadata); err != nil {
		return nil, err
	}
	config := oauth2.Config{ClientID: ask.ClientID, Endpoint: provider.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
	tokens, idToken, err := signIn(ctx, config, provider.Verifier(&oidc.Config{ClientID: ask.ClientID}))
	if err != nil {
		return nil, err
	}
	renewed, err := refresh(ctx, config, tokens.RefreshToken)
	if err != nil {
		return nil, err
	}
	person, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(renewed))
	if err != nil {
		return nil, err
	}
	var claims, userinfo map[string]any
	if err := idToken.Claims(&claims); err != nil {
		return nil, err
	}
	if err := person.Claims(&userinfo); err != nil {
		return nil, err
	}
	back, state := signOut(metadata.EndSession, ask.PostLogoutRedirectURI, tokens.Extra("id_token").(string))
	refused := ""
	var refusal *oauth2.RetrieveError
	if _, err := refresh(ctx, config, renewed.RefreshToken); errors.As(err, &refusal) {
		refused = refusal.ErrorCode
	}
	return map[string]any{"claims": claims, "userinfo": userinfo, "tokens": tokens, "renewed": renewed, "refused": refused,
		"back": back, "state": state}, nil
}

func main() {
	var ask configuration
	if err := json.NewDecoder(os.Stdin).Decode(&ask); err != nil {
		log.Fatal(err)
	}
	found, err := run(ask)
	if err != nil {
		log.Fatal(err)
	}
	say(map[string]any{"done": found})
}

/** A self-signed X.509 authority of `org-a.test`, made for tests; its key was thrown away. */
export const AUTHORITY_DER: Uint8Array = Uint8Array.from(
  atob(
    [
      'MIIB7DCCAZOgAwIBAgIUagWL8QpxlNzEUK2Cfuxd5MH+qpIwCgYIKoZIzj0EAwIwMzELMAkGA1UEBhMCVVMxDzANBg',
      'NVBAoMBlNQSUZGRTETMBEGA1UEAwwKb3JnLWEudGVzdDAeFw0yNjExMjIyMzQ2MjNaFw0zNjExMTkyMzQ2MjNaMDMx',
      'CzAJBgNVBAYTAlVTMQ8wDQYDVQQKDAZTUElGRkUxEzARBgNVBAMMCm9yZy1hLnRlc3QwWTATBgcqhkjOPQIBBggqhk',
      'jOPQMBBwNCAARb8RITTdKvpIPeB92d7lQI48uf5k8AcbjDHemhV8XrlOHkxua5UdoFwSqm1tojkwU7Z9t72wSCswZj',
      'ZS39Xi2Po4GEMIGBMB0GA1UdDgQWBBQTHSnxVwEccM15Sdcu4nvxvlGKvTAfBgNVHSMEGDAWgBQTHSnxVwEccM15Sd',
      'cu4nvxvlGKvTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAeBgNVHREEFzAVhhNzcGlmZmU6Ly9vcmct',
      'YS50ZXN0MAoGCCqGSM49BAMCA0cAMEQCIGakZTFfcn2l02OGJkwoD7xDkA2PPxrFxwIMA67l8muKAiAqhGeQzLMQZA',
      'ucMBECf0htWyynTODoYVYFhATqWf11rQ==',
    ].join(''),
  ),
  (char) => char.charCodeAt(0),
);

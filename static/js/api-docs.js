/* The page of the API: Swagger's reader, from our own files, on our own schema. */
const place = document.getElementById("docs");

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  validatorUrl: null,
  // Nothing of a token is kept when the page is closed.
  persistAuthorization: false,
});

import "./fitos_app.ts";

import { keepOffline } from "./service_worker.ts";
import "./fitos_app.ts";

keepOffline();

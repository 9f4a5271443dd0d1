import { PROTOCOL } from "@fitos/protocol";
import * as z from "zod/mini";
import postgres from "postgres";
import { jwtVerify } from "jose";
console.log(PROTOCOL, typeof z.object, typeof postgres, typeof jwtVerify);

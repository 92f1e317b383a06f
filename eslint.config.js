import js from "@eslint/js";
import globals from "globals";

export default [
  {
    ignores: [
      "**/*",
      "!sfn_mock/",
      "!sfn_mock/http_server/",
      "!sfn_mock/http_server/page_files/**",
      "!eslint.config.js",
    ],
  },
  js.configs.recommended,
  {
    files: ["sfn_mock/http_server/page_files/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      curly: "error",
      eqeqeq: "error",
      "no-param-reassign": "error",
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
];

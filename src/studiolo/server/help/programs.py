"""Sample programs that call an endpoint, and run as they stand once the key is in them.

Names of columns and values come from users. Each program has them as a literal of its language.
"""

import shlex
from collections.abc import Mapping
from typing import Any

from studiolo.server.help.literals import json_text, python_text

#: Stands for the key.
KEY = "YOUR-KEY"


def sample_programs(url: str, body: Mapping[str, Any]) -> Mapping[str, str]:
    """The programs by language.

    Args:
        url: The address to call.
        body: The request, as JSON has it.
    """
    text = json_text(body)
    return {
        "curl": _CURL.format(url=shlex.quote(url), key=KEY, body=shlex.quote(text)),
        "Python": _PYTHON.format(url=repr(url), key=KEY, body=python_text(body)),
        "C#": _C_SHARP.format(url=_c_sharp(url), key=KEY, body=_c_sharp(text)),
        "R": _R.format(url=_r(url), key=KEY, body=_r(text)),
    }


def _c_sharp(text: str) -> str:
    """A verbatim string, in which nothing but a quotation mark means anything."""
    doubled = text.replace('"', '""')
    return f'@"{doubled}"'


def _r(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


_CURL = """\
curl --fail-with-body {url} \\
  --header 'Authorization: Bearer {key}' \\
  --header 'Content-Type: application/json' \\
  --data-raw {body}
"""
_PYTHON = """\
import json
import urllib.error
import urllib.request

body = {body}
request = urllib.request.Request(
    {url},
    data=json.dumps(body).encode(),
    headers={{"Content-Type": "application/json", "Authorization": "Bearer {key}"}},
)
try:
    with urllib.request.urlopen(request) as response:
        print(json.dumps(json.load(response), indent=2))
except urllib.error.HTTPError as error:
    # The headers have the id of the request, under which the server's log has it.
    print(error.code, error.headers["x-ms-request-id"])
    print(json.dumps(json.load(error), indent=2))
    raise SystemExit(1)
"""
_C_SHARP = """\
using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Tasks;

class Program
{{
    static void Main()
    {{
        Call().GetAwaiter().GetResult();
    }}

    static async Task Call()
    {{
        const string body = {body};
        using (var client = new HttpClient())
        {{
            client.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Bearer", "{key}");
            var content = new StringContent(body, Encoding.UTF8, "application/json");
            var response = await client.PostAsync({url}, content);
            Console.WriteLine((int)response.StatusCode);
            Console.WriteLine(await response.Content.ReadAsStringAsync());
        }}
    }}
}}
"""
_R = """\
library(httr)

body <- {body}
response <- POST(
  {url},
  add_headers(Authorization = "Bearer {key}"),
  content_type_json(),
  body = body
)
print(status_code(response))
cat(content(response, as = "text", encoding = "UTF-8"))
"""

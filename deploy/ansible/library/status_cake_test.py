#!/usr/bin/python
# For playbooks that were written for StatusCake: put this file into the folder `library` beside the playbook, and name
# an Allswell server by api_url or ALLSWELL_SERVER. Tasks stay as they are; api_key is a token of that server.
# Unlike what it stands in for it has a true check mode, shows a diff, and fails when something is wrong.
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: status_cake_test
short_description: A test as StatusCake has it, on an Allswell server
description:
  - Takes the tasks that were written for StatusCake and makes monitors of an Allswell server.
options:
  name:
    description: The name of the test; the monitor's key is made from it.
    type: str
    required: true
  url:
    description: What is looked at; without a scheme it is http://.
    type: str
  state:
    description: Whether it is there.
    type: str
    choices: [present, absent]
    default: present
  test_type:
    description: What is done.
    type: str
    choices: [HTTP, HEAD, TCP, PING, DNS, SSH, SMTP]
    default: HTTP
  check_rate:
    description: Seconds between two checks.
    type: int
    default: 300
  username:
    description: Not needed here; accepted.
    type: str
  api_key:
    description: A token of the server with the scope C(edit). Also C(ALLSWELL_TOKEN).
    type: str
  api_url:
    description: Base URL of the server. Also C(ALLSWELL_SERVER).
    type: str
    default: http://localhost:8080
  timeout:
    description: Seconds until a check is given up.
    type: int
  confirmation:
    description: So many further checks must fail before it is down.
    type: int
  test_tags:
    description: Become labels of the monitor.
    type: raw
  status_codes:
    description: HTTP statuses that mean down.
    type: raw
  find_string:
    description: Text that must be in the answer.
    type: str
  do_not_find:
    description: The text must not be there.
    type: bool
    default: false
  basic_user:
    description: User of basic authentication.
    type: str
  basic_pass:
    description: Password of basic authentication.
    type: str
  user_agent:
    description: How it introduces itself.
    type: str
  custom_header:
    description: Further headers.
    type: raw
  follow_redirect:
    description: Whether redirects are followed.
    type: bool
  port:
    description: Port of a TCP test.
    type: int
  dns_server:
    description: The server that a DNS test asks.
    type: str
  dns_ip:
    description: The addresses that a DNS test expects.
    type: raw
  paused:
    description: Not watched for the time being.
    type: bool
    default: false
  contact_group:
    description: Becomes the label C(contact_group), by which rules choose monitors.
    type: raw
author: The Allswell project
"""

EXAMPLES = r"""
- name: Create StatusCake test
  local_action:
    module: status_cake_test
    username: "my-user"
    api_key: "my-api-key"
    name: "My service check"
    url: "https://myservice.example.com"
    state: "present"
    test_type: "HTTP"
    check_rate: 60
"""

RETURN = r"""
meta:
  description: What was done, in words.
  returned: always
  type: str
"""

import json
import re

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible.module_utils.urls import fetch_url

try:
    from urllib.parse import urlsplit
except ImportError:
    from urlparse import urlsplit

SCOPE = 'statuscake'
ALL_STATUSES = (100, 599)


def items(value):
    """A list, or a text with commas."""
    if value is None or value == '':
        return []
    found = value if isinstance(value, (list, tuple)) else str(value).split(',')
    return [str(one).strip() for one in found if str(one).strip()]


def key_of(name):
    key = re.sub(r'[^a-z0-9._-]+', '-', name.lower()).strip('-.')
    return key[:128] or 'test'


def label(text):
    return re.sub(r'[^A-Za-z0-9_.-]+', '-', text).strip('-.')[:60]


def not_these(codes):
    """All statuses but these, as ranges."""
    ranges, first = [], ALL_STATUSES[0]
    for code in sorted(set(codes)):
        if code > first:
            ranges.append(first if first == code - 1 else '%d-%d' % (first, code - 1))
        first = code + 1
    if first <= ALL_STATUSES[1]:
        ranges.append('%d-%d' % (first, ALL_STATUSES[1]))
    return ranges


def http(asked, module):
    url = asked['url'] if '://' in asked['url'] else 'http://' + asked['url']
    config, expect = dict(url=url), {}
    if asked['test_type'] == 'HEAD':
        config['method'] = 'HEAD'
    codes = [int(code) for code in items(asked['status_codes']) if code.isdigit()]
    if codes:
        expect['status'] = not_these(codes)
    if asked['find_string']:
        expect['body'] = {'not_contains' if asked['do_not_find'] else 'contains': asked['find_string']}
    if expect:
        config['expect'] = expect
    if asked['basic_user']:
        config['auth'] = dict(basic=dict(user=asked['basic_user'], password=asked['basic_pass'] or ''))
    headers = asked['custom_header'] or {}
    if isinstance(headers, str):
        try:
            headers = json.loads(headers)
        except ValueError:
            module.fail_json(msg='custom_header is not JSON: %s' % headers)
    if asked['user_agent']:
        headers = dict(headers, **{'User-Agent': asked['user_agent']})
    if headers:
        config['headers'] = dict((name, str(value)) for name, value in headers.items())
    if asked['follow_redirect'] is not None:
        config['follow'] = 10 if asked['follow_redirect'] else 0
    return 'http', config


def host_of(url):
    return urlsplit(url if '://' in url else '//' + url).hostname or url


def kind_of(asked, module):
    test_type = asked['test_type']
    if test_type in ('HTTP', 'HEAD'):
        return http(asked, module)
    host = host_of(asked['url'])
    port = asked['port'] or urlsplit(asked['url'] if '://' in asked['url'] else '//' + asked['url']).port
    if test_type == 'PING':
        return 'ping', dict(host=host)
    if test_type == 'DNS':
        config = dict(name=host)
        if asked['dns_server']:
            config['server'] = asked['dns_server']
        if items(asked['dns_ip']):
            config['expect'] = dict(set=items(asked['dns_ip']))
        return 'dns', config
    if test_type == 'TCP' and not port:
        module.fail_json(msg='port is needed for a TCP test')
    if test_type == 'TCP':
        return 'tcp', dict(address='%s:%d' % (host, port))
    return test_type.lower(), dict(address='%s:%d' % (host, port or dict(SSH=22, SMTP=25)[test_type]))


def entry_of(asked, module):
    kind, config = kind_of(asked, module)
    labels = dict(('tag-' + label(tag), 'yes') for tag in items(asked['test_tags']) if label(tag))
    groups = [label(group) for group in items(asked['contact_group'])]
    if groups:
        labels['contact_group'] = groups[0]
    entry = {'name': asked['name'], kind: config, 'interval': '%ds' % max(1, asked['check_rate'])}
    if asked['timeout']:
        entry['timeout'] = '%ds' % min(asked['timeout'], max(1, asked['check_rate']))
    if asked['confirmation'] is not None:
        entry['fail_after'] = asked['confirmation'] + 1
    if labels:
        entry['labels'] = labels
    if asked['paused']:
        entry['paused'] = True
    return entry


def ask(module, path, body):
    url = module.params['api_url'].rstrip('/') + path
    headers = {'Content-Type': 'application/json', 'Accept': 'application/json'}
    if module.params['api_key']:
        headers['Authorization'] = 'Bearer ' + module.params['api_key']
    response, info = fetch_url(module, url, data=json.dumps(body), headers=headers, method='POST', timeout=60)
    status = info.get('status', -1)
    text = response.read() if response is not None and status < 400 else info.get('body') or b''
    try:
        answer = json.loads(text.decode('utf-8') if isinstance(text, bytes) else text)
    except ValueError:
        answer = {}
    if status == 200 and 'changes' in answer:
        return answer
    if status == 401:
        module.fail_json(msg='%s does not let you in; api_key must be a token of that server' % url)
    lines = [answer.get('detail') or '%s: %s' % (url, info.get('msg', 'no answer'))]
    lines += ['%s: %s' % (one.get('path'), one.get('message')) for one in answer.get('errors', [])]
    module.fail_json(msg='\n'.join(lines))


def words(change):
    done = dict(create='Test Inserted', change='Test Updated', adopt='Test Updated', delete='Test Deleted')
    return done[change['action']]


def main():
    module = AnsibleModule(
        argument_spec=dict(
            name=dict(type='str', required=True),
            url=dict(type='str'),
            state=dict(type='str', choices=['present', 'absent'], default='present'),
            test_type=dict(
                type='str', choices=['HTTP', 'HEAD', 'TCP', 'PING', 'DNS', 'SSH', 'SMTP'], default='HTTP'
            ),
            check_rate=dict(type='int', default=300),
            username=dict(type='str'),
            api_key=dict(type='str', no_log=True, fallback=(env_fallback, ['ALLSWELL_TOKEN'])),
            api_url=dict(type='str', fallback=(env_fallback, ['ALLSWELL_SERVER']), default='http://localhost:8080'),
            timeout=dict(type='int'),
            confirmation=dict(type='int'),
            test_tags=dict(type='raw'),
            status_codes=dict(type='raw'),
            find_string=dict(type='str'),
            do_not_find=dict(type='bool', default=False),
            basic_user=dict(type='str'),
            basic_pass=dict(type='str', no_log=True),
            user_agent=dict(type='str'),
            custom_header=dict(type='raw'),
            follow_redirect=dict(type='bool'),
            port=dict(type='int'),
            dns_server=dict(type='str'),
            dns_ip=dict(type='raw'),
            paused=dict(type='bool', default=False),
            contact_group=dict(type='raw'),
        ),
        required_if=[('state', 'present', ['url'])],
        supports_check_mode=True,
    )
    asked = module.params
    key = key_of(asked['name'])
    if asked['state'] == 'absent':
        document = dict(scope=SCOPE, removed=dict(monitors=[key]))
    else:
        document = dict(scope=SCOPE, overwriteDrift=True, monitors={key: entry_of(asked, module)})
    plan = ask(module, '/api/v2/plan', document)
    if plan['obstacles']:
        module.fail_json(msg='\n'.join('%s: %s' % (one['key'], one['why']) for one in plan['obstacles']))
    changes = plan['changes']
    if changes and not module.check_mode:
        ask(module, '/api/v2/apply', dict(document, fingerprint=plan['fingerprint']))
    nothing = 'No test to delete with the specified name' if asked['state'] == 'absent' else 'No data has been updated'
    result = dict(changed=bool(changes), meta=words(changes[0]) if changes else nothing)
    if module._diff:
        lines = [one for change in changes for one in change['differences']]
        side = lambda name: ''.join('%s: %s\n' % (one['path'], one[name]) for one in lines if name in one)
        result['diff'] = dict(before=side('before'), after=side('after'))
    module.exit_json(**result)


if __name__ == '__main__':
    main()

#!/usr/bin/python
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: monitor
short_description: A monitor of an Allswell server
description:
  - Makes, changes, pauses or removes what Allswell watches. It is changed exactly when something is other than asked for.
options:
  key:
    description: Its identity; a monitor with another key is another one.
    type: str
    required: true
  name:
    description: Shown to people; left out, the key.
    type: str
  kind:
    description: The kind of monitor, such as C(http), C(tcp), C(ping), C(tls), C(dns). Needed unless it is absent.
    type: str
  config:
    description: The settings of that kind, as in the configuration file.
    type: dict
    default: {}
  interval:
    description: Time between two checks, such as C(30s).
    type: str
  timeout_after:
    description: How long one check may take (the setting C(timeout) of the configuration file).
    type: str
  fail_after:
    description: So many bad checks in a row make it down.
    type: int
  recover_after:
    description: So many good checks in a row make it up again.
    type: int
  labels:
    description: Names and values by which rules and pages choose monitors.
    type: dict
  settings:
    description: Any further setting of a monitor, as in the configuration file.
    type: dict
    default: {}
  moved_from:
    description: The key that it had before; its history comes along.
    type: str
  state:
    description: Whether it is there and watched.
    type: str
    choices: [present, paused, absent]
    default: present
  server:
    description: Base URL of the server. Also C(ALLSWELL_SERVER).
    type: str
    default: http://localhost:8080
  token:
    description: A token with the scope C(edit). Also C(ALLSWELL_TOKEN).
    type: str
  validate_certs:
    description: Whether the certificate of the server is checked.
    type: bool
    default: true
  timeout:
    description: Seconds to wait for the server.
    type: int
    default: 120
  scope:
    description: Whose object this is on the server; nothing of other scopes is touched.
    type: str
    default: ansible
  take_over:
    description: Take over what another scope or an unloaded file owns.
    type: bool
    default: false
author: The Allswell project
attributes:
  check_mode:
    description: The server says what would change, and nothing is written.
    support: full
  diff_mode:
    description: The settings that differ, secrets masked.
    support: full
"""

EXAMPLES = r"""
- name: A website
  allswell.monitoring.monitor:
    key: shop
    name: Web shop
    kind: http
    config: { url: "https://shop.example.com/health", expect: { status: 200 } }
    interval: 30s
    labels: { customer: acme }

- name: No more
  allswell.monitoring.monitor:
    key: shop
    state: absent
"""

RETURN = r"""
plan:
  description: What changed or, in check mode, would change, object by object.
  returned: always
  type: list
  elements: dict
counts:
  description: How many objects were created, changed, adopted, deleted and left unchanged.
  returned: always
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.allswell.monitoring.plugins.module_utils.server import (
    connection_spec,
    settle,
    settle_one,
    without_none,
)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            connection_spec(),
            key=dict(type='str', required=True, no_log=False),
            name=dict(type='str'),
            kind=dict(type='str'),
            config=dict(type='dict', default={}, no_log=False),
            interval=dict(type='str'),
            timeout_after=dict(type='str'),
            fail_after=dict(type='int'),
            recover_after=dict(type='int'),
            labels=dict(type='dict'),
            settings=dict(type='dict', default={}),
            moved_from=dict(type='str'),
            state=dict(type='str', choices=['present', 'paused', 'absent'], default='present'),
        ),
        required_if=[('state', 'present', ['kind']), ('state', 'paused', ['kind'])],
        supports_check_mode=True,
    )
    asked = module.params
    if asked['state'] == 'absent':
        settle_one(module, 'monitors', None)
    labels = None if asked['labels'] is None else dict((name, str(value)) for name, value in asked['labels'].items())
    entry = dict(asked['settings'])
    entry.update(without_none(dict(
        name=asked['name'],
        interval=asked['interval'],
        timeout=asked['timeout_after'],
        fail_after=asked['fail_after'],
        recover_after=asked['recover_after'],
        labels=labels,
    )))
    entry[asked['kind']] = asked['config']
    if asked['state'] == 'paused':
        entry['paused'] = True
    document = dict(monitors={asked['key']: entry}, overwriteDrift=True)
    if asked['moved_from']:
        document['moved'] = {asked['key']: asked['moved_from']}
    settle(module, document)


if __name__ == '__main__':
    main()

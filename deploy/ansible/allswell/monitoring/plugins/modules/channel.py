#!/usr/bin/python
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: channel
short_description: A channel of an Allswell server
description:
  - Where messages go. Makes, changes or removes it; changed exactly when something is other than asked for.
options:
  key:
    description: Its identity.
    type: str
    required: true
  settings:
    description: Its settings, as in the configuration file. Needed unless it is absent.
    type: dict
  state:
    description: Whether it is there.
    type: str
    choices: [present, absent]
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
- name: A channel
  allswell.monitoring.channel:
    key: ops
    settings: { email: { to: [ops@example.com] } }
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
from ansible_collections.allswell.monitoring.plugins.module_utils.server import connection_spec, settle_one


def main():
    module = AnsibleModule(
        argument_spec=dict(
            connection_spec(),
            key=dict(type='str', required=True, no_log=False),
            settings=dict(type='dict', no_log=True),
            state=dict(type='str', choices=['present', 'absent'], default='present'),
        ),
        required_if=[('state', 'present', ['settings'])],
        supports_check_mode=True,
    )
    settle_one(module, 'channels', module.params['settings'])


if __name__ == '__main__':
    main()

#!/usr/bin/python
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: heartbeat
short_description: A heartbeat that a job sends to an Allswell server
description:
  - Makes, changes, pauses or removes a monitor that waits for signs of life.
options:
  key:
    description: Its identity; jobs send to C(/beat/KEY).
    type: str
    required: true
  name:
    description: Shown to people; left out, the key.
    type: str
  every:
    description: How often the job beats, such as C(1d).
    type: str
  grace:
    description: How late a beat may be.
    type: str
  config:
    description: Any further setting of a heartbeat, as in the configuration file, such as C(cron) and C(zone).
    type: dict
    default: {}
  labels:
    description: Names and values by which rules and pages choose monitors.
    type: dict
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
- name: The nightly backup
  allswell.monitoring.heartbeat:
    key: "{{ inventory_hostname }}-backup"
    every: 1d
    grace: 2h
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
    settle_one,
    without_none,
)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            connection_spec(),
            key=dict(type='str', required=True, no_log=False),
            name=dict(type='str'),
            every=dict(type='str'),
            grace=dict(type='str'),
            config=dict(type='dict', default={}),
            labels=dict(type='dict'),
            state=dict(type='str', choices=['present', 'paused', 'absent'], default='present'),
        ),
        supports_check_mode=True,
    )
    asked = module.params
    config = dict(asked['config'], **without_none(dict(every=asked['every'], grace=asked['grace'])))
    labels = None if asked['labels'] is None else dict((name, str(value)) for name, value in asked['labels'].items())
    entry = without_none(dict(name=asked['name'], labels=labels, heartbeat=config))
    if asked['state'] == 'paused':
        entry['paused'] = True
    settle_one(module, 'monitors', entry)


if __name__ == '__main__':
    main()

#!/usr/bin/python
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: apply
short_description: Everything of one scope on an Allswell server, in one request
description:
  - Makes monitors, channels, rules and pages of a scope as a document says. Two hundred stacks take one task and one request.
options:
  document:
    description:
      - Mappings C(monitors), C(channels), C(rules) and C(pages) by key, each entry as in the configuration file, and C(moved) (new key to old key).
    type: dict
    required: true
  prune:
    description: Delete what the scope owns and the document does not name.
    type: bool
    default: false
  allow_mass_delete:
    description: So many may be deleted at once; left out, ten or a tenth of what the scope owns.
    type: int
  overwrite_drift:
    description: Change back what others changed since the last apply; otherwise that is an error.
    type: bool
    default: false
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
- name: A liveness and a readiness check for every stack of the inventory
  allswell.monitoring.apply:
    scope: customers
    prune: true
    document:
      monitors: >-
        {%- set found = {} -%}
        {%- for host in groups["stacks"] -%}
        {%- set _ = found.update({
          host ~ "-live": {"http": {"url": "https://" ~ host ~ "/liveness"}, "interval": "60s"},
          host ~ "-ready": {"http": {"url": "https://" ~ host ~ "/readiness"}, "interval": "60s"}}) -%}
        {%- endfor -%}
        {{ found }}
  delegate_to: localhost
  run_once: true
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
    without_none,
)

SECTIONS = ['monitors', 'channels', 'rules', 'pages', 'moved']


def main():
    module = AnsibleModule(
        argument_spec=dict(
            connection_spec(),
            document=dict(type='dict', required=True),
            prune=dict(type='bool', default=False),
            allow_mass_delete=dict(type='int'),
            overwrite_drift=dict(type='bool', default=False),
        ),
        supports_check_mode=True,
    )
    asked = module.params
    unknown = sorted(set(asked['document']) - set(SECTIONS))
    if unknown:
        module.fail_json(msg='document: %s is not known; it has %s' % (', '.join(unknown), ', '.join(SECTIONS)))
    settle(module, dict(
        asked['document'],
        prune=asked['prune'],
        overwriteDrift=asked['overwrite_drift'],
        **without_none(dict(allowMassDelete=asked['allow_mass_delete']))
    ))


if __name__ == '__main__':
    main()

# Speaking with an Allswell server: one document, planned or applied, in one request.
# The server computes what would change, so check mode and diff are exact. Standard library and Ansible only.
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.urls import fetch_url


def connection_spec():
    """The arguments that every module has."""
    return dict(
        server=dict(type='str', fallback=(env_fallback, ['ALLSWELL_SERVER']), default='http://localhost:8080'),
        token=dict(type='str', no_log=True, fallback=(env_fallback, ['ALLSWELL_TOKEN'])),
        validate_certs=dict(type='bool', default=True),
        timeout=dict(type='int', default=120),
        scope=dict(type='str', default='ansible'),
        take_over=dict(type='bool', default=False),
    )


def _ask(module, path, body):
    headers = {'Content-Type': 'application/json', 'Accept': 'application/json'}
    if module.params['token']:
        headers['Authorization'] = 'Bearer ' + module.params['token']
    url = module.params['server'].rstrip('/') + path
    data = json.dumps(body)
    response, info = fetch_url(module, url, data=data, headers=headers, method='POST', timeout=module.params['timeout'])
    status = info.get('status', -1)
    text = response.read() if response is not None and status < 400 else info.get('body') or b''
    if isinstance(text, bytes):
        text = text.decode('utf-8', 'replace')
    try:
        answer = json.loads(text) if text else {}
    except ValueError:
        answer = {}
    if status == 200 and 'changes' in answer:
        return answer
    if status == -1:
        module.fail_json(msg='%s cannot be reached: %s' % (url, info.get('msg', 'no answer')))
    if status == 401:
        module.fail_json(msg='%s does not let you in; set token or ALLSWELL_TOKEN' % url, status=status)
    errors = answer.get('errors', [])
    detail = answer.get('detail') or 'answered %s, not like an Allswell server' % status
    lines = [detail] + ['%s: %s' % (one.get('path'), one.get('message')) for one in errors]
    module.fail_json(msg='\n'.join(lines), status=status, errors=errors)


def _words(value):
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _diff(plan):
    """Only what differs, as text: secrets come masked from the server."""
    before, after = [], []
    for change in plan['changes']:
        head = '%s %s\n' % (change['type'], change['key'])
        was = '%s %s\n' % (change['type'], change['from'] or change['key'])
        if change['action'] != 'create':
            before.append(was)
        if change['action'] != 'delete':
            after.append(head)
        for one in change['differences']:
            if 'before' in one:
                before.append('    %s: %s\n' % (one['path'], _words(one['before'])))
            if 'after' in one:
                masked = one['after'] == '***' and one.get('before') == '***'
                after.append('    %s: %s%s\n' % (one['path'], _words(one['after']), ' (another)' if masked else ''))
    return dict(before=''.join(before), after=''.join(after), before_header='on the server', after_header='wanted')


def _counts(plan):
    names = dict(create='created', change='changed', adopt='adopted', delete='deleted')
    counts = dict((name, 0) for name in names.values())
    for change in plan['changes']:
        counts[names[change['action']]] += 1
    counts['unchanged'] = plan['unchanged']
    return counts


def settle(module, document):
    """Plans the document and, outside of check mode, applies exactly that plan. Ends the module."""
    document = dict(document, scope=module.params['scope'], takeOver=module.params['take_over'])
    plan = _ask(module, '/api/v2/plan', document)
    result = dict(changed=bool(plan['changes']), counts=_counts(plan), plan=plan['changes'])
    if plan['obstacles']:
        lines = ['%s %s: %s' % (one['type'], one['key'], one['why']) for one in plan['obstacles']]
        module.fail_json(msg='\n'.join(lines), obstacles=plan['obstacles'], **result)
    if module._diff:
        result['diff'] = _diff(plan)
    if plan['changes'] and not module.check_mode:
        _ask(module, '/api/v2/apply', dict(document, fingerprint=plan['fingerprint']))
    module.exit_json(**result)


def settle_one(module, section, entry):
    """One object: present as the entry says, or absent. What others changed is set again, as Ansible does."""
    key = module.params['key']
    if module.params['state'] == 'absent':
        settle(module, dict(removed={section: [key]}))
    settle(module, {section: {key: entry}, 'overwriteDrift': True})


def without_none(entry):
    return dict((name, value) for name, value in entry.items() if value is not None)

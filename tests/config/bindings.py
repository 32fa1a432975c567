"""A file of bindings that is right, for tests to break."""

WHOLE = """\
version: 1
django:
  settings: company.settings
  folder: ../company
  arguments: [manage.py, test]
  environment: {COMPANY_SCHEDULER: "off"}
actor: {attribute: _changed_by, model: auth.User, field: username}
kinds:
  department:
    model: org.Department
    key: {made from: [company.code, name]}
    write: bulk
    fields: {name: name, company: company.name, parent: parent, head: head}
  user:
    model: people.Employee
    manager: everyone
    where: {kind: internal, state__in: [A, X]}
    key: {made from: [badge_id]}
    identity: [employee_id, {field: email, folded: false}]
    parts:
      work: {model: people.WorkInformation, link: employee, born: save}
      login: {model: auth.User, path: user}
    fields:
      employee_id: badge_id
      email: {columns: [email, login.email], fold: [login.username]}
      enabled: {column: flag, values: {"true": "1", "false": "0"}}
      status: {column: state, values: {active: A, left: X}}
      employment_type: {column: type, values: {full_time: F, "null": ""}}
      department: work.department
      manager: {columns: [boss_company, boss_no], refers to: [company_code, staff_no]}
      start_date: work.date_joining
      display_name: {column: shown, derived: true}
      job_title: {columns: [title_a, title_b], split at: " / "}
      salary: {minor: work.cents, currency: work.currency}
    names:
      - {column: full_name, format: "{last_name}, {first_name}"}
    create:
      - {fields: [employee_id, email, first_name, last_name], set: {is_active: false}}
      - {}
      - {fields: [enabled]}
    constants: {mandant: "100"}
    appears: [{model: payroll.Contract, link: employee}]
    removal:
      delete: false
      blockers:
        - {model: payroll.Contract, link: employee, where: {state: open}, says: an open contract, deactivation: true}
"""

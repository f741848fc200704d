// Settings: one's own account and browser, and what administrators look after.
import { Head } from '../parts/basics.tsx'

export const ProfileScreen = () => <Head title="Profile" />
export const SecurityScreen = () => <Head title="Security" />
export const PeopleScreen = () => <Head title="People" />
export const PersonScreen = () => <Head title="Person" />
export const TokensScreen = () => <Head title="Tokens" />
export const AuditScreen = () => <Head title="Audit log" />
export const SystemScreen = () => <Head title="System" />

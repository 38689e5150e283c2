/** One service of the guides as it runs in the sandbox cluster. */
export type SeedService = {
  namespace: string;
  name: string;
  container: string;
  port: number;
  /** Path of its health check. */
  health: string;
  replicas: number;
  strategy: 'RollingUpdate' | 'Recreate';
  env: Record<string, string>;
  /** Oldest first; the last one runs. */
  revisions: { image: string; daysAgo: number; cause?: string }[];
  minAvailable?: number;
  autoscaler?: { min: number; max: number };
};

export const NAMESPACES = [
  'default',
  'kube-system',
  'exalt-shared',
  'jivs-platform',
  'integration-deployment',
  'profile-api',
  'fittracker',
];

export const SERVICES: readonly SeedService[] = [
  {
    namespace: 'exalt-shared',
    name: 'user-profile-service',
    container: 'user-profile-service',
    port: 8080,
    health: '/actuator/health/readiness',
    replicas: 3,
    strategy: 'RollingUpdate',
    env: { SPRING_PROFILES_ACTIVE: 'production', LOG_LEVEL: 'INFO' },
    revisions: [
      { image: 'exalt/user-profile-service:2.3.0', daysAgo: 42, cause: 'release 2.3.0' },
      { image: 'exalt/user-profile-service:2.3.2', daysAgo: 18, cause: 'release 2.3.2' },
      { image: 'exalt/user-profile-service:2.4.1', daysAgo: 3, cause: 'release 2.4.1' },
    ],
    minAvailable: 2,
  },
  {
    namespace: 'jivs-platform',
    name: 'jivs-backend',
    container: 'backend',
    port: 8080,
    health: '/actuator/health',
    replicas: 3,
    strategy: 'RollingUpdate',
    env: { SPRING_PROFILES_ACTIVE: 'production' },
    revisions: [
      { image: 'jivs/backend:v1.2.2', daysAgo: 30 },
      { image: 'jivs/backend:v1.2.3', daysAgo: 6 },
    ],
  },
  {
    namespace: 'jivs-platform',
    name: 'jivs-frontend',
    container: 'frontend',
    port: 80,
    health: '/',
    replicas: 2,
    strategy: 'RollingUpdate',
    env: {},
    revisions: [{ image: 'jivs/frontend:v1.2.3', daysAgo: 6 }],
  },
  {
    namespace: 'integration-deployment',
    name: 'integration-deployment',
    container: 'app',
    port: 3000,
    health: '/health',
    replicas: 3,
    strategy: 'RollingUpdate',
    env: { NODE_ENV: 'production' },
    revisions: [{ image: 'integration-deployment:latest', daysAgo: 9 }],
  },
  {
    namespace: 'profile-api',
    name: 'profile-api',
    container: 'profile-api',
    port: 8000,
    health: '/health',
    replicas: 1,
    strategy: 'Recreate',
    env: {},
    revisions: [
      { image: 'profile-api:1.7.0', daysAgo: 25 },
      { image: 'profile-api:1.8.0', daysAgo: 11 },
    ],
  },
  {
    namespace: 'fittracker',
    name: 'user-service',
    container: 'user-service',
    port: 8081,
    health: '/health',
    replicas: 2,
    strategy: 'RollingUpdate',
    env: {},
    revisions: [
      { image: 'fittracker/user-service:3.1.4', daysAgo: 20 },
      { image: 'fittracker/user-service:3.2.0', daysAgo: 5 },
    ],
    autoscaler: { min: 2, max: 6 },
  },
];

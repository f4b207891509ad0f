export { type ClusterOptions, findServerBinaries, startCluster, type TestCluster } from './cluster.ts'

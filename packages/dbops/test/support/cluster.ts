import { type ClusterOptions, startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { onTestFinished } from 'vitest'

/** A cluster of one test, gone afterwards also when the test fails. */
export async function clusterOfTest(options: ClusterOptions = {}): Promise<TestCluster> {
  const cluster = await startCluster(options)
  onTestFinished(() => cluster.stop())
  return cluster
}

// Package packages names what programs in Go import in the tests, so that go.mod and go.sum hold it and it can be
// compiled before the first test. To renew: change a version in go.mod and run `go mod tidy`.
package packages

import (
	_ "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	_ "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	_ "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	_ "github.com/pulumi/pulumi-docker-build/sdk/go/dockerbuild"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)
